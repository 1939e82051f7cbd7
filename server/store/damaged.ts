import { StoreError } from './store.ts';

/** `where`: the file, and the line where there is one. `what`: a clause without its period. */
export const damaged = (where: string, what: string): StoreError =>
  new StoreError(
    'damaged',
    `${where}: ${what}. Nothing was changed. Run \`licet doctor\` on the folder to see the choices, or restore the newest backup into another folder.`,
  );
