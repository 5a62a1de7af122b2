import type {
  ListedPackagesQuery,
  ListedPackagesQueryVariables,
  ShownPackageQuery,
  ShownPackageQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

export const listedPackages = document<ListedPackagesQuery, ListedPackagesQueryVariables>(
  'project.packagePage',
  /* GraphQL */ `
    query ListedPackages($project: Int!, $number: Int, $search: String) {
      project: projectByNumber(number: $project) {
        packagePage(number: $number, search: $search) { rows { number name version createdAt } number hasNext }
      }
    }
  `,
)

export const shownPackage = document<ShownPackageQuery, ShownPackageQueryVariables>(
  'project.packageByNumber',
  /* GraphQL */ `
    query ShownPackage($project: Int!, $package: Int!, $number: Int) {
      project: projectByNumber(number: $project) {
        package: packageByNumber(number: $package) {
          name
          version
          createdAt
          filePage(number: $number) { rows { name size sha256 createdAt url } number hasNext }
        }
      }
    }
  `,
)
