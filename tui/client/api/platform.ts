/** What this machine calls itself among releases. */
import { platformName } from '../../../shared/platform.ts';

/** `linux-x64`, `windows-x64`, `macos-arm64`. */
export const thisPlatform = (): string => platformName(`${process.platform}-${process.arch}`);
