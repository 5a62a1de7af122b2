import type { ByteRange } from '../../storage/file-storage.ts'

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i

/**
 * The part that a `Range` header asks for (RFC 9110, 14). Null: the whole file, also for ranges that we do not support, such as
 * several ranges at once.
 */
export function parseRange(header: string | null, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = ONE_RANGE.exec(header ?? '') ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  const isEmpty = first === '' && Number(last) === 0
  return isEmpty || start >= size ? 'unsatisfiable' : { start, end }
}
