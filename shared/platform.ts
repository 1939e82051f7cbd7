/** A platform as Node calls it (`win32-x64`, `darwin-arm64`) by the name that people know: `windows-x64`, `macos-arm64`. */
export const platformName = (text: string): string =>
  text.replace(/^win32(?=-|$)/u, 'windows').replace(/^darwin(?=-|$)/u, 'macos');
