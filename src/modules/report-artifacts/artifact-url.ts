/** Contains the number of the project and not its path, because evidence keeps this URL and projects are renamed. */
export const artifactUrl = (
  { baseUrl }: { baseUrl: string },
  { projectId, sha, fileName }: { projectId: number; sha: string; fileName: string },
) => `${baseUrl}/api/v4/projects/${projectId}/report_artifacts/${sha}/${encodeURIComponent(fileName)}`
