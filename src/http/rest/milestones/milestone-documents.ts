export const milestoneFragment = /* GraphQL */ `
  fragment Milestone on Milestone {
    id: number
    iid: numberInParent
    project_id: projectNumber
    group_id: groupNumber
    title
    description
    state
    created_at: createdAt
    updated_at: updatedAt
    due_date: dueDate
    start_date: startDate
    expired
    web_url: webUrl
  }
`
