/** The title as its author typed it, or the tag when there is no title. */
export const titleOf = ({ name, tag }: { name?: string | null | undefined; tag: string }): string => name ?? tag
