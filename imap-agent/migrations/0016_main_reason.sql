-- What weighed most in each verdict, by which lists can be grouped.
ALTER TABLE mail ADD COLUMN main_reason TEXT NOT NULL DEFAULT '';
UPDATE mail SET main_reason = coalesce(
    (SELECT value ->> 'symbol' FROM json_each(mail.reasons)
     WHERE 0 < value ->> 'thousandths' OR (class = 'ham' AND value ->> 'thousandths' < 0)
     ORDER BY abs(value ->> 'thousandths') DESC LIMIT 1), '');
