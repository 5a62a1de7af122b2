const CHECKSUMS_FILE = /(^|[-_.])(sha256sums?|checksums?)(\.txt)?$/i
/** Of `sha256sum`, and of BSD's `sha256`. */
const LINES = [/^\\?(?<sha>[0-9a-f]{64}) [ *](?<file>.+)$/i, /^SHA256 \((?<file>.+)\) ?= ?(?<sha>[0-9a-f]{64})$/i]

/** Whether a file of that name lists the digests of others. */
export const isChecksumsFile = (fileName: string): boolean => CHECKSUMS_FILE.test(fileName)

/**
 * SHA-256 by the name of the file, without folders: not where files of several folders share it. Other lines, such as
 * those of longer digests, are passed over.
 */
export function parseChecksums(text: string): Map<string, string> {
  const digests = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const line of text.split(/\r?\n/)) {
    const { sha, file } = LINES.map((pattern) => pattern.exec(line.trim())).find(Boolean)?.groups ?? {}
    if (!sha || !file) continue
    const name = file.slice(file.lastIndexOf('/') + 1)
    if ((digests.get(name) ?? sha.toLowerCase()) !== sha.toLowerCase()) ambiguous.add(name)
    digests.set(name, sha.toLowerCase())
  }
  for (const name of ambiguous) digests.delete(name)
  return digests
}

const DIGEST = /(?:^|,)\s*sha-256=:?([A-Za-z0-9+/]{43}=):?\s*(?:,|;|$)/i
const ETAG = /^"([0-9a-f]{64})"$/

/** What a server says of the body that it sends. An ETag can be anything: only our own server's is known to be a digest. */
export function digestsInHeaders(headers: Headers, { ownServer }: { ownServer: boolean }): Map<string, string> {
  const digests = new Map<string, string>()
  // The body has been decoded by now; a digest would be that of the encoded one.
  if (headers.has('content-encoding')) return digests
  for (const name of ['Repr-Digest', 'Content-Digest', 'Digest']) {
    const [, base64] = DIGEST.exec(headers.get(name) ?? '') ?? []
    if (base64) digests.set(`the header ${name}`, Buffer.from(base64, 'base64').toString('hex'))
  }
  const [, sha] = ETAG.exec(headers.get('etag') ?? '') ?? []
  if (ownServer && sha) digests.set('the header ETag', sha)
  return digests
}
