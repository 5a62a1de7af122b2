// A module that is loaded before a server and sets its clock three seconds ahead of every other clock.
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
