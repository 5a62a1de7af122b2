-- Version: 1
-- A protected tag says who may create it, or that nobody may.
--
-- It is in the database because a protected tag without a level would be open to a reading of the rules that nobody intended, and because
-- the deletion of an account or a group must not open a tag either.

-- Refuses a protected tag that has no level.
CREATE OR REPLACE FUNCTION assert_tag_has_level(tag_id int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two writers that each delete one of the last two levels check one after the other.
  PERFORM FROM protected_tags WHERE id = tag_id FOR NO KEY UPDATE;
  IF FOUND AND NOT EXISTS (SELECT FROM protected_tag_access_levels WHERE protected_tag_id = tag_id) THEN
    RAISE EXCEPTION 'protected tag % has no create access level', tag_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'protected_tags_have_level', TABLE = 'protected_tags';
  END IF;
END $$;

-- Checks a new protected tag.
CREATE OR REPLACE FUNCTION protected_tags_have_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_tag_has_level(NEW.id);
  RETURN NULL;
END $$;

-- Checks the protected tag that a level was taken from.
CREATE OR REPLACE FUNCTION protected_tags_keep_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_tag_has_level(OLD.protected_tag_id);
  RETURN NULL;
END $$;

-- PostgreSQL cannot replace a constraint trigger, so the two are dropped first.

-- A new protected tag has a level when its transaction commits. It is checked then, because the levels are inserted after the tag.
DROP TRIGGER IF EXISTS protected_tags_have_level ON protected_tags;
CREATE CONSTRAINT TRIGGER protected_tags_have_level AFTER INSERT ON protected_tags
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION protected_tags_have_level();

-- A protected tag keeps a level. It is checked at commit, because levels may be replaced one by one.
DROP TRIGGER IF EXISTS protected_tags_keep_level ON protected_tag_access_levels;
CREATE CONSTRAINT TRIGGER protected_tags_keep_level AFTER DELETE OR UPDATE ON protected_tag_access_levels
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION protected_tags_keep_level();

-- Turns a level that admits an account or a group that is being deleted into one that admits nobody. The tag stays protected, and the
-- deletion is not refused.
CREATE OR REPLACE FUNCTION tag_levels_admit_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE protected_tag_access_levels SET access_level = 0, user_id = NULL, group_id = NULL
  WHERE TG_TABLE_NAME = 'users' AND user_id = OLD.id OR TG_TABLE_NAME = 'groups' AND group_id = OLD.id;
  RETURN OLD;
END $$;

-- What only a deleted account might create, nobody may create.
CREATE OR REPLACE TRIGGER users_leave_tag_levels BEFORE DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION tag_levels_admit_nobody();

-- What only members of a deleted group might create, nobody may create.
CREATE OR REPLACE TRIGGER groups_leave_tag_levels BEFORE DELETE ON groups
  FOR EACH ROW EXECUTE FUNCTION tag_levels_admit_nobody();
