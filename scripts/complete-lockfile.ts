/**
 * Completes package-lock.json: a registry that lacks a package's builds for other platforms leaves them
 * out of the lock file, and `npm ci` then refuses it. What is added says name, version and platform.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const Entry = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const Lock = z.looseObject({ packages: z.record(z.string(), Entry) });
type Entry = z.infer<typeof Entry>;

const systems = [
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'android',
  'openharmony',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
];
const processors = [
  'arm64',
  'x64',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'arm',
];

/** Where a build runs, as its name says; undefined for a name without a platform. */
const platformOf = (name: string): { os: string[]; cpu: string[] } | undefined => {
  const words = name.split(/[-/]/u);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  return os && cpu ? { os: [os], cpu: [cpu] } : undefined;
};

const file = new URL('../package-lock.json', import.meta.url);
// Written back as npm wrote it, its order of keys included: only what is missing changes.
const written = JSON.parse(await readFile(file, 'utf8')) as z.infer<typeof Lock>;
const lock = Lock.parse(written);
const added: Record<string, Entry> = {};
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    const platform = platformOf(name);
    if (!platform || lock.packages[nested] || lock.packages[hoisted]?.version === version) continue;
    const place = lock.packages[hoisted] || added[hoisted] ? nested : hoisted;
    added[place] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...platform };
  }
}
const packages = { ...written.packages, ...added };
const sorted = Object.fromEntries(
  Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
);
await writeFile(file, `${JSON.stringify({ ...written, packages: sorted }, null, 2)}\n`);
process.stdout.write(`${Object.keys(added).length} builds for other platforms added\n`);
