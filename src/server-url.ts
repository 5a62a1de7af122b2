import { isIPv6 } from 'node:net'

/** Where a server that listens there can be asked. */
export const urlOf = (address: string, port: number): string =>
  `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
