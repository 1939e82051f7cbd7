/** Finding anything by what people know of it. */
import { z } from 'zod';

export const SearchQuery = z.object({
  q: z.string().trim().min(2, 'needs two characters or more').max(100),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

/** Something found, with the license and the owner that it belongs to, where it belongs to one. */
export const SearchHit = z
  .object({
    kind: z.enum(['account', 'license', 'machine', 'offline-key', 'product', 'release']),
    id: z.string(),
    title: z.string(),
    /** What tells it from others of its name. */
    detail: z.string(),
    /** Of a machine: whether it holds a seat now; null for everything else. */
    seat: z.boolean().nullable(),
    license: z.object({ id: z.string(), name: z.string() }).nullable(),
    owner: z.object({ id: z.string(), email: z.string(), name: z.string() }).nullable(),
  })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof SearchHit>;

/** `more`: there is more of some kind than is shown; say more of what is sought. */
export const SearchResult = z
  .object({ items: z.array(SearchHit), more: z.boolean() })
  .meta({ id: 'SearchResult' });
export type SearchResult = z.infer<typeof SearchResult>;
