// The indexes of large tables that each operation must use: exactly these and no others.
const PROJECT = 'projects_lower_full_path_key'
const RELEASE_BY_TAG = [PROJECT, 'releases_project_id_tag_key']

/** The indexes for what a page shows of its releases. */
const LINKS = 'asset_links_release_id_created_at_id_idx'
const EVIDENCES = 'evidences_release_id_created_at_id_idx'
const MILESTONES = ['milestone_releases_release_id_idx', 'milestones_pkey']
const SHOWN = [LINKS, EVIDENCES, ...MILESTONES]

const page = (index) => [PROJECT, index, ...SHOWN]
const newestFirst = page('releases_project_id_released_at_id_idx')
const one = [...RELEASE_BY_TAG, ...SHOWN]

/** The indexes of every change. Triggers update the release and its project, and foreign keys look up primary keys. */
const CHANGE = ['releases_pkey', 'projects_pkey']
/** The index of a change of date and of a deletion, which move the release in the lists of its groups. */
const PLACE = 'group_releases_pkey'

/** Titles are looked up in the project and in its group. Any index will do for groups, which have no milestones here. */
const MILESTONES_BY_TITLE = ['milestones_project_id_title_key', 'milestones_group_id_iid_key']
const change = [PROJECT, ...CHANGE, ...MILESTONES_BY_TITLE, ...MILESTONES]
const update = [...RELEASE_BY_TAG, ...change, PLACE]

/** Links and evidence of one release without an order. Any index that begins with the release will do. */
const ITS_LINKS = 'asset_links_release_id_url_key'
const ITS_EVIDENCES = 'evidences_release_id_occasion_key'

export const intended = {
  Q1: newestFirst,
  Q1count: newestFirst,
  Q2: one,
  Q3: newestFirst,
  Q5: newestFirst,
  Q6dev: ['group_releases_group_id_released_at_release_id_idx', 'releases_pkey', 'projects_pkey', ...SHOWN],
  'allReleases RELEASED_AT_DESC': newestFirst,
  'allReleases RELEASED_AT_ASC': page('releases_released_asc'),
  'allReleases CREATED_DESC': page('releases_project_id_created_at_id_idx'),
  'allReleases CREATED_ASC': page('releases_created_asc'),
  oneRelease: one,
  oneReleaseForEditing: [...RELEASE_BY_TAG, LINKS, ...MILESTONES],
  // The row of a group with its counters.
  groupReleaseStats: [],
  // The unique index on tags itself reports a duplicate. Evidence lists the issues of its milestones.
  createRelease: [...change, 'issues_milestone_id_id_idx'],
  updateRelease: update,
  'updateRelease, dated anew': [...update, ITS_EVIDENCES],
  deleteReleaseAssetLink: ['asset_links_pkey', ...CHANGE],
  createReleaseAssetLink: [...RELEASE_BY_TAG, ITS_LINKS, ...CHANGE],
  deleteRelease: [...RELEASE_BY_TAG, ITS_LINKS, ITS_EVIDENCES, 'milestone_releases_release_id_idx', ...CHANGE, PLACE],
}
