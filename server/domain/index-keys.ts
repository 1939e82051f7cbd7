/** Keys of indexes that are made of two things, written once for who files and who looks up. */

/** Machines that hold a seat of the license: those whose seat is of its generation. Null: those that gave it up. */
export const seatKey = (licenseId: string, generation: number | null): string =>
  `${licenseId}/${generation ?? 'none'}`;

/** What that machine has of the license: its one activation, its offline keys. */
export const machineKey = (licenseId: string, fingerprint: string): string =>
  `${licenseId}/${fingerprint}`;

/** The one trial of a product that an account may have. */
export const trialKey = (accountId: string, productId: string): string =>
  `${accountId}/${productId}`;
