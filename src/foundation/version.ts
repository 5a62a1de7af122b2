import { createRequire } from 'node:module'

const { version: ours } = createRequire(import.meta.url)('../../package.json') as { version: string }

export const version: string = ours
