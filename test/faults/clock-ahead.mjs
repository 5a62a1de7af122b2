// Loaded before a server: its clock is three seconds ahead of every other one.
const AHEAD_MS = 3_000
const now = Date.now

globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now() + AHEAD_MS] : parts))
  }

  static now() {
    return now() + AHEAD_MS
  }
}
