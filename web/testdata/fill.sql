-- Fills the site "wanted" with as many articles as are wanted, as a collective has them after years. Everything is made
-- from setseed and modulo, so that two fills are the same.
-- What is written here fits together; to check each row's references would double the time.
SET LOCAL session_replication_role = replica;
SET LOCAL maintenance_work_mem = '256MB';
SELECT setseed(0.5);

-- 4,000 made-up words, the first ones common, the last ones rare, as in any language
CREATE TEMP TABLE word ON COMMIT DROP AS
SELECT i, s[1 + i % 36] || s[1 + i / 36 % 36] || CASE WHEN i % 3 > 0 THEN s[1 + i * 7 % 36] ELSE '' END AS word
FROM generate_series(0, 3999) i,
     string_to_array('ba ce di fo gu ja le mi no pu ra se ti vo xa za bre cla dri flo gra pli tro bra lha nho que gui rre sso cão mães pa to ma re', ' ') s;

-- 200 texts that articles share: searching and showing them costs the same, and making them takes no time
CREATE TEMP TABLE sample ON COMMIT DROP AS
WITH drawn AS MATERIALIZED (
    SELECT n, p, floor(4000 * power(random(), 3))::integer AS i
    FROM generate_series(0, 199) n, generate_series(1, 6) p, generate_series(1, 65)
), paragraph AS (
    SELECT n, p, string_agg(word, ' ') || CASE WHEN p = 2 AND n % 3 = 0 THEN ' greve geral.' ELSE '.' END AS text
    FROM drawn JOIN word USING (i)
    GROUP BY n, p
), whole AS (
    SELECT n, string_agg(text, E'\n\n' ORDER BY p) AS source, '<p>' || string_agg(text, E'</p>\n<p>' ORDER BY p) || E'</p>\n' AS html
    FROM paragraph
    GROUP BY n
)
SELECT n, source, html, left(source, 70) AS title, substr(source, 80, 180) AS summary,
       setweight(to_tsvector('portuguese', left(source, 70)), 'A') || setweight(to_tsvector('portuguese', source), 'D') AS pt,
       setweight(to_tsvector('english', left(source, 70)), 'A') || setweight(to_tsvector('english', source), 'D') AS en
FROM whole;
CREATE UNIQUE INDEX ON sample (n);
ANALYZE sample;

-- indexes are made faster at the end, all at once
CREATE TEMP TABLE kept ON COMMIT DROP AS
SELECT c.relname AS name, pg_get_indexdef(c.oid) AS definition
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'article'::regclass AND NOT i.indisprimary;
DO $$ DECLARE name text; BEGIN FOR name IN SELECT k.name FROM kept k LOOP EXECUTE format('DROP INDEX %I', name); END LOOP; END $$;

-- one article every 47 minutes, up to now: nine years for 100,000
CREATE TEMP TABLE made ON COMMIT DROP AS
WITH inserted AS (
    INSERT INTO article (site_id, slug, state, rank, language, title, summary, author, format, source, html, markup_version,
                         media_kinds, comment_count, published_at, words)
    SELECT w.site, 'relato-' || i,
           CASE WHEN i % 101 = 0 THEN 'hidden' WHEN i % 211 = 0 THEN 'pending' ELSE 'visible' END,
           CASE WHEN i % 7 = 1 THEN 'local' WHEN i % 20 = 2 THEN 'global' ELSE 'other' END,
           t.language, t.title, s.summary, CASE WHEN i % 3 = 0 THEN '' ELSE 'Redacção' END, 'markdown', s.source, s.html, 1,
           CASE WHEN i % 4 = 0 THEN '{image}' ELSE '{}' END::text[],
           CASE WHEN i % 3 = 0 THEN 1 + i % 7 ELSE 0 END, -- as many as are made below
           date_trunc('second', now()) - (w.n - i) * interval '47 minutes' - interval '1 day',
           CASE WHEN i % 500 = 0 THEN setweight(to_tsvector(t.config, 'pomar'), 'A') || CASE t.language WHEN 'en' THEN s.en ELSE s.pt END
                WHEN t.language = 'en' THEN s.en
                ELSE s.pt END
    FROM wanted w
    CROSS JOIN generate_series(1, w.n) i
    JOIN sample s ON s.n = i % 200
    CROSS JOIN LATERAL (
        SELECT CASE WHEN i % 9 = 0 THEN 'en' ELSE 'pt' END AS language,
               CASE WHEN i % 9 = 0 THEN 'english' ELSE 'portuguese' END::regconfig AS config,
               CASE WHEN i % 500 = 0 THEN 'pomar ' ELSE '' END || s.title AS title) t
    ORDER BY i
    RETURNING id, site_id, published_at, comment_count, media_kinds
)
SELECT *, row_number() OVER (ORDER BY id) AS i FROM inserted;
DO $$ DECLARE definition text; BEGIN FOR definition IN SELECT k.definition FROM kept k LOOP EXECUTE definition; END LOOP; END $$;

-- two of three are filed, some of them twice
INSERT INTO article_topic (article_id, topic_id, published_at)
SELECT m.id, t.id, m.published_at
FROM made m
JOIN (SELECT id, site_id, row_number() OVER (ORDER BY id) AS k FROM site_topic WHERE site_id = (SELECT site FROM wanted)) t
  ON m.i % 6 = t.k OR m.i % 10 = t.k;

INSERT INTO comment (site_id, article_id, kind, state, author, source, html, markup_version, created_at)
SELECT m.site_id, m.id, CASE WHEN k = 2 THEN 'addition' ELSE 'comment' END, 'visible', 'Vizinha',
       left(s.source, 300), '<p>' || left(s.source, 300) || '</p>', 1, m.published_at + k * interval '3 minutes'
FROM made m
CROSS JOIN LATERAL generate_series(1, m.comment_count) k
JOIN sample s ON s.n = (m.i + k) % 200
ORDER BY m.i, k;

-- a photo for one article of four, in three widths and two formats
INSERT INTO media (id, site_id, article_id, position, kind, type, name, alt, width, height, state)
SELECT md5('article' || m.id), m.site_id, m.id, 1, 'image', 'image/jpeg', 'foto.jpg', left(s.summary, 60), 1600, 1200, 'ready'
FROM made m JOIN sample s ON s.n = m.i % 200
WHERE m.media_kinds <> '{}';

-- a feature for each twenty articles, twelve of them on the front page, each made from five posts
CREATE TEMP TABLE featured ON COMMIT DROP AS
WITH inserted AS (
    INSERT INTO feature (site_id, slug, language, title, summary, source, html, markup_version, position, published_at, picture)
    SELECT w.site, 'destaque-' || k, 'pt', s.title, s.summary, s.source, s.html, 1,
           CASE WHEN k > w.n / 20 - 12 THEN w.n / 20 - k + 1 END,
           now() - (w.n / 20 - k) * interval '15 hours' - interval '1 day', md5('feature' || w.site || '/' || k)
    FROM wanted w
    CROSS JOIN generate_series(1, w.n / 20) k
    JOIN sample s ON s.n = k % 200
    RETURNING id, site_id, picture, title
)
SELECT *, row_number() OVER (ORDER BY id) AS k FROM inserted;
INSERT INTO feature_article (feature_id, article_id, position)
SELECT f.id, m.id, m.i - 20 * (f.k - 1) FROM featured f JOIN made m ON m.i BETWEEN 20 * (f.k - 1) + 1 AND 20 * (f.k - 1) + 5;
INSERT INTO media (id, site_id, feature_id, position, kind, type, name, alt, width, height, state)
SELECT picture, site_id, id, 1, 'image', 'image/jpeg', 'foto.jpg', title, 1600, 1200, 'ready' FROM featured;

INSERT INTO rendition (media_id, name, type, width, height, bytes, blob)
SELECT m.id, w || '.' || ext, 'image/' || ext, w, w * 3 / 4, w * 150, md5(m.id || w || ext) || md5(m.id || ext || w)
FROM media m
CROSS JOIN unnest(ARRAY[400, 800, 1600]) w
CROSS JOIN unnest(ARRAY['jpeg', 'webp']) ext
WHERE m.site_id = (SELECT site FROM wanted) AND m.state = 'ready' AND m.width = 1600;
