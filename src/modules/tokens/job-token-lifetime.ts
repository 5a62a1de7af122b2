export const DEFAULT_LIFETIME_S = 60 * 60
export const MAX_LIFETIME_S = 24 * 60 * 60
