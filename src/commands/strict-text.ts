import { isUtf8 } from 'node:buffer'

/**
 * Where the first sequence of bytes begins that is no UTF-8; null when all are. What can be decoded before it tells its length,
 * and a decoder fails at the same byte however often it is asked: so we halve.
 */
function firstWrongByte(bytes: Uint8Array): number | null {
  if (isUtf8(bytes)) return null
  const whole = (length: number) => {
    try {
      // A stream: what is cut off at its end is no fault yet.
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

/** The text that these bytes are, without a byte order mark, or where they are none: nothing is replaced silently. */
export function decodeStrictly(bytes: Uint8Array): Decoded {
  const wrongByte = firstWrongByte(bytes)
  return wrongByte === null ? { text: new TextDecoder('utf-8').decode(bytes), wrongByte } : { text: null, wrongByte }
}
