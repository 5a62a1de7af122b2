/** The title as its author typed it, else the tag. */
export const titleOf = ({ name, tag }: { name?: string | null | undefined; tag: string }): string => name ?? tag
