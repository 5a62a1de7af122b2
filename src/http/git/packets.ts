/** A packet has at most 65,520 bytes, with its length and its channel. */
export const MAX_CHUNK_BYTES = 65_000
export const LENGTH_DIGITS = 4
export const REPORT = '\x01'
/** What is sent on this channel, the client shows on standard error, with `remote: ` before each line. */
export const PROGRESS = '\x02'
export const END = '0000'

/** One packet of the protocol of git (gitprotocol-common, "pkt-line"). */
export function packet(text: string | Buffer, channel = ''): Buffer {
  const content = Buffer.concat([Buffer.from(channel), Buffer.from(text)])
  return Buffer.concat([
    Buffer.from((content.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, '0')),
    content,
  ])
}
