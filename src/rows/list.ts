// The options of a field that shows a list of rows. `child` reads the list in the statement that reads its parent, and `resolve`
// looks for it there. Both are made from one description of the list, because they must ask for the same page.
import type { GraphQLResolveInfo } from 'graphql'
import type { Context } from '../context/context.ts'
import type { PageOfChildren } from './children.ts'
import { allRows, type Connection, connection, extendRows, type PageToCome } from './page.ts'
import type { Child, Plan } from './plan.ts'
import { planBelow } from './plan-below.ts'
import { type PageArguments, toWindow, type Window } from './window.ts'

type Selected<Row> = Omit<PageOfChildren<Row>, 'window'>

type List<Row, Parent, Args, Extra> = {
  /** The children of a table, as its `childrenOf` gives them. */
  children: {
    child: (page: PageOfChildren<Row>, plan: Plan, context: Context) => Child
    page: (context: Context, parent: Parent, page: PageOfChildren<Row>, plan?: () => Plan) => PageToCome<Row>
    count: (context: Context, parentId: number, filter?: Omit<Selected<Row>, 'order'>) => Promise<number>
  }
  /**
   * The order of the rows, and a condition for the rows that the arguments ask for. The parent is null where the list is read in the
   * statement of its parent, for viewers who may read everything in it.
   */
  select: (args: Args, context: Context, parent: Parent | null) => Selected<Row>
  /** What the fields of each row need to know besides. */
  extra?: (parent: Parent) => Extra
  /** How many rows there are on all pages, where that is known already. Absent: they are counted. */
  count?: (context: Context, parent: Parent, args: Args) => number | Promise<number>
}

/**
 * `connection` has the options of a field that shows a page of the list. `all` has the options of a field that shows every row.
 */
export function listOf<
  Row extends object,
  Parent extends { id: number },
  Extra extends object = object,
  Args extends PageArguments = PageArguments,
>({ children, select, extra, ...given }: List<Row, Parent, Args, Extra>) {
  const pageOf = (args: Args, context: Context, window: Window, parent: Parent | null = null) => ({
    ...select(args, context, parent),
    window,
  })

  const count = (context: Context, parent: Parent, args: Args) =>
    given.count?.(context, parent, args) ?? children.count(context, parent.id, select(args, context, parent))

  const child = (args: Args, plan: Plan, context: Context) =>
    children.child(pageOf(args, context, toWindow(args)), plan, context)

  function read(parent: Parent, page: PageOfChildren<Row>, context: Context, info: GraphQLResolveInfo) {
    const found = children.page(context, parent, page, () => planBelow(info, context))
    return (extra ? extendRows(found, extra(parent)) : found) as PageToCome<Row & Extra>
  }

  type Shown = Connection<Row & Extra>
  const resolve = (parent: Parent, args: Args, context: Context, info: GraphQLResolveInfo): Shown | Promise<Shown> =>
    connection(read(parent, pageOf(args, context, toWindow(args), parent), context, info), () =>
      count(context, parent, args),
    )

  const resolveAll = (parent: Parent, args: object, context: Context, info: GraphQLResolveInfo) =>
    allRows((window) => read(parent, pageOf(args as Args, context, window, parent), context, info))

  return { connection: { child, resolve }, all: { child, resolve: resolveAll } }
}
