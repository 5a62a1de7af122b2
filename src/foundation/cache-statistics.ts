/** What a cache tells of itself. Hits and misses are counted since the start. */
export type CacheStatistics = { entries: number; bytes: number; hits: number; misses: number }
