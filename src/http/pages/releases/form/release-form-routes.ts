import type { RestParts } from '../../../rest/rest-routes.ts'
import { projectPages } from '../../kit/pages.ts'
import { deleteDraftForm, deleteReleaseForm } from './delete-forms.ts'
import { draftForm } from './draft-form.ts'
import { editForm } from './edit-form.ts'
import { newForm } from './new-form.ts'

/**
 * What ends in one of these words. A tag that ends so must have its slashes encoded. What follows `downloads` belongs to a link, and
 * what follows `permalink/latest` is found first.
 */
const ending = (words: string) => `/releases/:rest{(?!permalink/latest/|.+/downloads/).+/${words}}`

/** Pages that write releases and drafts, by the same use cases as the APIs. */
export function releaseFormRoutes(parts: RestParts) {
  const pages = projectPages(parts)
  pages.form('/releases/new', newForm(parts))
  pages.form(ending('draft/delete'), deleteDraftForm)
  pages.form(ending('draft'), draftForm(parts))
  pages.form(ending('edit'), editForm(parts))
  pages.form(ending('delete'), deleteReleaseForm)
  return pages.routes
}
