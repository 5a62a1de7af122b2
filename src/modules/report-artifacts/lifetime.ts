/** A report artifact without evidence is kept for 30 days after its last upload. */
export const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000
