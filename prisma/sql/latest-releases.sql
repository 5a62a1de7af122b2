-- Version: 1
-- Kept answers follow the release that is marked as the latest of its project.
--
-- It is in the database so that the mark is counted whichever statement moves it. It needs `rows_of_projects_change_content` of
-- kept-answers.sql.

-- The mark is shown with the releases of its project.
CREATE OR REPLACE TRIGGER latest_releases_inserted_change_content AFTER INSERT ON latest_releases
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER latest_releases_deleted_change_content AFTER DELETE ON latest_releases
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
CREATE OR REPLACE TRIGGER latest_releases_updated_change_content AFTER UPDATE ON latest_releases
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_projects_change_content();
