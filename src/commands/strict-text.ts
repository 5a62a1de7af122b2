import { isUtf8 } from 'node:buffer'

/**
 * The offset of the first sequence that is not UTF-8; null when all bytes are. Finds the longest part that can be decoded by
 * bisection, and its length is the offset.
 */
function firstWrongByte(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null
  const whole = (length: number) => {
    try {
      // `stream` accepts a character that is cut off at the end.
      const options = { fatal: true, ignoreBOM: true }
      return new TextDecoder('utf-8', options).decode(bytes.subarray(0, length), { stream: true })
    } catch {
      return null
    }
  }
  let [good, bad] = [0, bytes.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (whole(middle) === null) bad = middle
    else good = middle
  }
  return Buffer.byteLength(whole(good) ?? '')
}

type Decoded = { text: string; wrongByte: null } | { text: null; wrongByte: number }

/** Decodes bytes without their byte order mark, or returns the position of the first wrong byte and replaces nothing. */
export function decodeStrictly(bytes: Uint8Array): Decoded {
  const wrongByte = firstWrongByte(bytes)
  return wrongByte === null ? { text: new TextDecoder('utf-8').decode(bytes), wrongByte } : { text: null, wrongByte }
}
