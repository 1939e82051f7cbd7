/** Changes made in a form: for the version that the form was filled from, and no other. */
import type { Client } from './client.ts';

/**
 * The client with each change meant for this version: where somebody else changed the same thing since,
 * it fails with the problem `changed-meanwhile` (`ChangedMeanwhile` says who, when, and what it is now),
 * and nothing is saved. To keep one's own change all the same, send it for the version in the problem.
 */
export const ifUnchanged = (client: Client, version: string): Client => ({
  ...client,
  editAccount: (json) => client.editAccount(json, version),
  changeAccount: (id, json) => client.changeAccount(id, json, version),
  changeLicense: (id, json) => client.changeLicense(id, json, version),
  changeProduct: (id, json) => client.changeProduct(id, json, version),
});
