// All servers read the time from the database's clock, because statements compare stored times with the database's `now()`, and
// the clock of a server may be ahead or behind.

/** The last time that the database told, and when it arrived by our monotonic clock, which nobody can set. */
let heard = { at: Date.now(), by: performance.now() }

/** Each new connection to the database asks for the time first and hands it to this function. */
export function hearClock(milliseconds: number): void {
  heard = { at: milliseconds, by: performance.now() }
}

/**
 * The time on the database's clock, or a few milliseconds less, because the answer took time to arrive. A later statement
 * therefore never sees such a time in the future.
 */
export const databaseNow = (): Date => new Date(Math.floor(heard.at + performance.now() - heard.by))
