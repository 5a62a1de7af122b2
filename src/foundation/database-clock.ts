// One clock for all servers: the database's. What a statement compares with the database's now must not be dated by a server whose
// clock is ahead or behind.

/** What the database's clock said, and when we heard it by a clock of our own that nobody sets. */
let heard = { at: Date.now(), by: performance.now() }

/** Every connection to the database asks first what the time is. */
export function hearClock(milliseconds: number): void {
  heard = { at: milliseconds, by: performance.now() }
}

/**
 * The time that the database's clock shows, or a few milliseconds less: what it told has been on its way. So what is dated by it
 * is never in the future for a statement that follows.
 */
export const databaseNow = (): Date => new Date(Math.floor(heard.at + performance.now() - heard.by))
