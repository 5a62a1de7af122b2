/** The encoding that the header of a commit or tag declares; undefined without a declaration, which means UTF-8. */
export const declaredEncoding = (head: Buffer): string | undefined =>
  /^encoding (\S+)$/m.exec(head.toString('latin1'))?.[1]
