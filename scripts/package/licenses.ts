/** The licenses of what is bundled: gathered from each package's own files, so that none is forgotten. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const Manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  author: z.union([z.string(), z.looseObject({ name: z.string() })]).optional(),
});

const rule = '-'.repeat(80);

/** The folders of the packages that the bundler read from, sorted. */
const foldersIn = (metafile: Metafile): string[] => {
  const folders = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(input)?.[0];
    if (folder !== undefined) folders.add(folder);
  }
  return [...folders].toSorted();
};

const licenseOf = async (root: string, folder: string): Promise<string> => {
  const at = path.join(root, folder);
  const { name, version, license, author } = Manifest.parse(
    JSON.parse(await readFile(path.join(at, 'package.json'), 'utf8')),
  );
  const files = (await readdir(at))
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/iu.test(file))
    .toSorted();
  if (license === undefined && files.length === 0) {
    throw new Error(`${name} ${version} is bundled and says nothing of its license`);
  }
  const texts = await Promise.all(files.map((file) => readFile(path.join(at, file), 'utf8')));
  const holder =
    typeof author === 'string' ? author : (author?.name ?? 'the authors of the package');
  if (files.length === 0) texts.push(`Copyright ${holder}. The package has no license file.`);
  const title = `${name} ${version}${license === undefined ? '' : ` (${license})`}`;
  return [rule, title, rule, ...texts.map((text) => text.trim()), ''].join('\n');
};

/**
 * One text with the license of every package in the bundle.
 * @param root the folder that the metafile's paths are relative to
 * @throws when a bundled package has neither a license file nor a license in its manifest
 */
export const gatherLicenses = async (metafile: Metafile, root: string): Promise<string> => {
  const texts = await Promise.all(foldersIn(metafile).map((folder) => licenseOf(root, folder)));
  return `licet contains the following packages of others, each under its own license.\n\n${texts.join('\n')}`;
};
