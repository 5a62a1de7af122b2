/**
 * What a full path is looked up by. Paths are unique whatever their letter case: `lower(full_path)` is a unique index. Only A to Z
 * count, because paths hold no other letters, and some of those become one of A to Z in lower case.
 */
export const pathKey = (fullPath: string): string => fullPath.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
