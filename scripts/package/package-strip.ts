/** Takes out of a Node binary what does not run: symbols of ELF, the signature of a PE that changes. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { Target } from './package-node.ts';

/** Strippers that know the target's processor, the one that knows all first. */
const strippers = ({ arch }: Target): string[] => {
  const own = process.platform === 'linux' && process.arch === arch;
  const cross = { arm64: 'aarch64-linux-gnu-strip', x64: 'x86_64-linux-gnu-strip' }[arch];
  return ['llvm-strip', ...(own ? ['strip'] : []), cross];
};

const stripElf = (file: string, target: Target): void => {
  const tools = strippers(target);
  for (const tool of tools) {
    const { error, status, stderr } = spawnSync(tool, ['--strip-all', file], { encoding: 'utf8' });
    if (error) continue;
    if (status !== 0) throw new Error(`${tool} could not strip Node for ${target.name}: ${stderr}`);
    return;
  }
  throw new Error(
    `Node for ${target.name} can't be stripped: install LLVM's binutils (Debian: llvm). Looked for ${tools.join(', ')}.`,
  );
};

/** Offsets in a PE32+ image (Microsoft's PE format): header offset, checksum, certificate directory. */
const pe = {
  header: 0x3c,
  magic: 24,
  pe32plus: 0x20b,
  checksum: 24 + 64,
  certificates: 24 + 112 + 32,
};

/**
 * The image without its signature, which injection breaks: none is better than a broken one.
 * @throws when the bytes are no PE32+ image whose signature is its end
 */
export const unsigned = (image: Buffer): Buffer => {
  const header = image.readUInt32LE(pe.header);
  if (image.readUInt16LE(header + pe.magic) !== pe.pe32plus) throw new Error('not a PE32+ image');
  const start = image.readUInt32LE(header + pe.certificates);
  const size = image.readUInt32LE(header + pe.certificates + 4);
  if (size === 0) return image;
  if (start + size !== image.length)
    throw new Error('the signature is not at the end of the image');
  const bare = Buffer.from(image.subarray(0, start));
  bare.fill(0, header + pe.certificates, header + pe.certificates + 8);
  bare.fill(0, header + pe.checksum, header + pe.checksum + 4);
  return bare;
};

/** Makes a copy of Node as small as it gets. Before injection: a stripper would drop what is injected. */
export const strip = async (file: string, target: Target): Promise<void> => {
  if (target.platform === 'win') await writeFile(file, unsigned(await readFile(file)));
  else stripElf(file, target);
};
