// What git holds in the place of a large file, as the specification of Git LFS has it. A pointer with extensions counts as any other
// file, because only the client knows how to make the file from the object.
export type LfsPointer = { sha256: string; size: number }

const POINTER =
  /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n?$/

const MIN_POINTER_BYTES = 120
export const MAX_POINTER_BYTES = 160

export const couldBePointer = (bytes: number): boolean => bytes >= MIN_POINTER_BYTES && bytes <= MAX_POINTER_BYTES

/** Null when the content of the file is no pointer. */
export function parsePointer(content: Buffer): LfsPointer | null {
  if (!couldBePointer(content.length)) return null
  const [, sha256, size] = POINTER.exec(content.toString('latin1')) ?? []
  return sha256 === undefined ? null : { sha256, size: Number(size) }
}
