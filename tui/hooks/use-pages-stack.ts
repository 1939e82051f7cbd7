/** Pages over a section: each opened over the last, each closed by itself. */
import { useState, type ReactNode } from 'react';

export interface OpenedPage {
  readonly id: number;
  readonly draw: (close: () => void) => ReactNode;
}

export interface PageStack {
  readonly pages: readonly OpenedPage[];
  readonly open: (draw: OpenedPage['draw']) => void;
  readonly close: (id: number) => void;
}

/** An empty stack. */
export const usePageStack = (): PageStack => {
  const [pages, setPages] = useState<readonly OpenedPage[]>([]);
  return {
    pages,
    open: (draw) => setPages((old) => [...old, { id: (old.at(-1)?.id ?? 0) + 1, draw }]),
    close: (id) => setPages((old) => old.filter((page) => page.id !== id)),
  };
};
