/** `licet release ...`: downloads for everybody, publishing for operators. */
import type { Command } from 'commander';
import { publishRelease, withdrawRelease } from '../../client/actions/releases/publish-releases.ts';
import {
  downloadRelease,
  linkRelease,
  listReleases,
} from '../../client/actions/releases/releases.ts';
import { group } from '../group.ts';
import type { Io } from '../io.ts';

export const releaseCommand = (io: Io): Command =>
  group(io, 'release', 'Downloads: what your licenses let you fetch', [
    {
      name: 'list',
      action: listReleases,
      places: ['product'],
      examples: ['release list', 'release list acme-server --all', 'release list --json'],
    },
    {
      name: 'download',
      action: downloadRelease,
      places: ['release'],
      examples: [
        'release download acme-server',
        'release download acme-server --platform windows-x64 --out ~/Downloads',
        'release download licet --platform linux-arm64',
        'release download acme-server --root vendor-trust.json',
      ],
    },
    {
      name: 'link',
      action: linkRelease,
      places: ['release'],
      examples: ['release link acme-server --platform windows-x64'],
    },
    {
      name: 'publish',
      action: publishRelease,
      places: ['file'],
      examples: [
        'release publish acme-1.4.0.tar.gz --product acme-server --version 1.4.0 --platform linux-x64 --notes "Faster start"',
        'release publish guide.pdf --product acme-server --version 1.4.0 --kind document',
      ],
    },
    {
      name: 'withdraw',
      action: withdrawRelease,
      places: ['release'],
      examples: ['release withdraw rel_01j...'],
    },
  ]);
