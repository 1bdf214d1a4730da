-- tries: to reach files beside the database: ATTACH, VACUUM INTO, extensions, file functions, the shell's own commands
-- endings: any
-- harmless: yes
ATTACH DATABASE '/etc/shadow' AS shadow;
SELECT * FROM shadow.sqlite_master;
ATTACH DATABASE 'file:/tmp/winnow-owned.db?mode=rwc' AS owned;
CREATE TABLE owned.t(x);
VACUUM INTO '/tmp/winnow-owned-2.db';
SELECT load_extension('/usr/lib/x86_64-linux-gnu/libc.so.6', 'system');
SELECT readfile('/tmp/winnow-bait.txt');
SELECT readfile('/etc/shadow');
SELECT writefile('/tmp/winnow-owned', 'x');
SELECT writefile('/usr/winnow-owned', 'x');
SELECT edit('x', 'sh -c "echo x > /usr/winnow-owned"');
SELECT fts3_tokenizer('simple');
SELECT * FROM fsdir('/root');
PRAGMA temp_store_directory = '/usr';
