// The names and descriptions of the fields and arguments that every connection has (docs/contract/graphql.md#pages).
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'

const size = `at most ${MAX_PAGE_SIZE}, which is also the default`

export const connectionOptions = {
  cursorType: 'String',
  edgeCursorType: 'String',
  pageInfoCursorType: 'String',
  edgesFieldOptions: { nullable: { list: true, items: true }, description: 'The rows of the page with their cursors.' },
  nodesOnConnection: { description: 'The rows of the page.' },
  pageInfoFieldOptions: { description: 'The position of the page.' },
  nodeFieldOptions: { description: 'The row.' },
  cursorFieldOptions: { description: 'The position of the row in this sort order. Opaque.' },
  afterArgOptions: {
    description: 'Rows after this cursor. An empty cursor counts as none. A cursor of another sort order is refused.',
  },
  beforeArgOptions: {
    description: 'Rows before this cursor. An empty cursor counts as none. A cursor of another sort order is refused.',
  },
  firstArgOptions: { description: `The number of rows from the front: ${size}. Not together with \`last\`.` },
  lastArgOptions: {
    description: `The number of rows from the back: at most ${MAX_PAGE_SIZE}. Not together with \`first\`.`,
  },
  pageInfoTypeOptions: { description: 'The position of a page in its connection.' },
  hasNextPageFieldOptions: { description: 'Whether rows follow the page. Always true with `before`.' },
  hasPreviousPageFieldOptions: { description: 'Whether rows precede the page. Always true with `after`.' },
  startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
  endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
} as const
