/** What the header of a commit or tag object says that its texts are encoded in; undefined: it says nothing, so UTF-8 is meant. */
export const declaredEncoding = (head: Buffer): string | undefined =>
  /^encoding (\S+)$/m.exec(head.toString('latin1'))?.[1]
