/**
 * The key to look up a full path by. Paths are unique in any letter case, by a unique index on `lower(full_path)`. We lower only
 * A to Z, because paths hold no other letters and some other letters have a lower case among a to z.
 */
export const pathKey = (fullPath: string): string => fullPath.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
