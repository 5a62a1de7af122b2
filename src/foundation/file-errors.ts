const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'it is not a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  // Node also reports ENOENT for a read-only file system.
  ENOENT: 'it does not exist and cannot be made',
}

/** Explains an error of the file system to the operator; undefined for any other error. */
export const fileErrorReason = (error: unknown): string | undefined =>
  reasons[(error as NodeJS.ErrnoException | null)?.code ?? '']

/** For `catch`: null for a missing file or folder. */
export const nullIfMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
