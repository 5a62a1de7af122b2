// What webhooks may be told of. Names are those of REST's parameters, and of the triggers of deliveries.

/** The events that happen here, and how their deliveries name them in the header `X-Gitlab-Event`. */
export const eventTitles = {
  push_events: 'Push Hook',
  tag_push_events: 'Tag Push Hook',
  releases_events: 'Release Hook',
  release_publish_events: 'Release Hook',
  milestone_events: 'Milestone Hook',
} as const

/** What happens here, and what a client of GitLab may ask for although it never happens here. */
export const eventNames = [
  ...(Object.keys(eventTitles) as (keyof typeof eventTitles)[]),
  ...(['issues_events', 'confidential_issues_events', 'merge_requests_events', 'note_events'] as const),
  ...(['confidential_note_events', 'job_events', 'pipeline_events', 'wiki_page_events', 'deployment_events'] as const),
  ...(['feature_flag_events', 'emoji_events', 'resource_access_token_events', 'vulnerability_events'] as const),
  ...(['subgroup_events', 'member_events', 'project_events'] as const),
]

export type EventName = (typeof eventNames)[number]

/** Events that are sent here. */
export type Trigger = keyof typeof eventTitles

/** How the events of a webhook's log are named, as in GitLab. */
export const hookNames = {
  push_events: 'push_hooks',
  tag_push_events: 'tag_push_hooks',
  releases_events: 'release_hooks',
  release_publish_events: 'release_hooks',
  milestone_events: 'milestone_hooks',
} as const satisfies Record<Trigger, string>

export const isTrigger = (name: string): name is Trigger => name in eventTitles
