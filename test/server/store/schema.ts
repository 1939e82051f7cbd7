/** The collections that the store's tests use. */
import { collection, type Document } from '../../../server/store/store.ts';

export interface Seat extends Document {
  readonly licenseId: string;
  readonly hostname: string;
  readonly tags?: readonly string[] | undefined;
}

interface License extends Document {
  readonly name: string;
  readonly used: number;
}

export const portSchema = {
  licenses: collection<License>()({ name: (license) => license.name }),
  seats: collection<Seat>()({
    license: (seat) => seat.licenseId,
    tag: (seat) => seat.tags,
  }),
};

export type PortSchema = typeof portSchema;
