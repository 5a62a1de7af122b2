import { createRequire } from 'node:module'

const { version: ours } = createRequire(import.meta.url)('../../package.json') as { version: string }

/** The version of Waybill. */
export const version: string = ours
