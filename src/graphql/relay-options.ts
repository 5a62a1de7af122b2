// Names and descriptions of what every connection has (contract/graphql.md 5.13 and 6).
import { MAX_PAGE_SIZE } from '../foundation/limits.ts'

const size = `at most ${MAX_PAGE_SIZE}, which is also the default`

export const connectionOptions = {
  cursorType: 'String',
  edgeCursorType: 'String',
  pageInfoCursorType: 'String',
  edgesFieldOptions: { nullable: { list: true, items: true }, description: 'The rows of the page with their cursors.' },
  nodesOnConnection: { description: 'The rows of the page.' },
  pageInfoFieldOptions: { description: 'Where the page lies.' },
  nodeFieldOptions: { description: 'The row.' },
  cursorFieldOptions: { description: 'Position of the row under this sort. Opaque.' },
  afterArgOptions: { description: 'Rows behind this cursor; an empty one is none. One of another sort is refused.' },
  beforeArgOptions: { description: 'Rows before this cursor; an empty one is none. One of another sort is refused.' },
  firstArgOptions: { description: `So many rows from the front: ${size}. Not together with \`last\`.` },
  lastArgOptions: { description: `So many rows from the back: at most ${MAX_PAGE_SIZE}. Not together with \`first\`.` },
  pageInfoTypeOptions: { description: 'Where a page lies in its connection.' },
  hasNextPageFieldOptions: { description: 'Whether rows follow; true whenever `before` is given.' },
  hasPreviousPageFieldOptions: { description: 'Whether rows precede; true whenever `after` is given.' },
  startCursorFieldOptions: { description: 'Cursor of the first row; null on an empty page.' },
  endCursorFieldOptions: { description: 'Cursor of the last row; null on an empty page.' },
} as const
