/** What this machine calls itself among releases. */

const names: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'windows',
  darwin: 'macos',
};

/** `linux-x64`, `windows-x64`, `macos-arm64`. */
export const thisPlatform = (): string =>
  `${names[process.platform] ?? process.platform}-${process.arch}`;
