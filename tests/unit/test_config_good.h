/* test_config_good - what good files become. */

static void
test_good(void **state)
{
    static const char *const rows[] = {
        "brands: {acme: {}}\nnotify: mailto:me@acme.example\n",
        "brands:\n  acme:\nnotify: terminal\n",
        ("\xEF\xBB\xBF"
         "brands: {acme: {}}\n"),
        "brands: {acme: 'acme OR \"acme traps\"'}\r\nnotify: [terminal]\r\n",
        "brands: {\"A & B: \xC3\xA9t\xC3\xA9\": {search: x}}\n",
        "topics: {mice: {}}\n",
        "brands: &b {acme: {}}\nkeep: {raw: 0, rejected: 0}\n",
        "brands: {acme: {}}\nsources: {}\nteams:\n",
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++)
        config_free(good(rows[i]));
    config_free(NULL);
}

static void
test_defaults(void **state)
{
    struct config *c = good("brands: {acme: {}}\nsocket: run/x.sock\n"
                            "heartbeat: https://hb.example/x\n");

    (void)state;
    assert_int_equal(c->alerts.ack_expires_ms, 4 * MS_HOUR);
    assert_int_equal(c->alerts.crusade_posts, 3);
    assert_int_equal(c->alerts.repeat_growth_pct, 200);
    assert_int_equal(c->keep_mentions_ms, 400 * MS_DAY);
    assert_int_equal(c->heartbeat_ms, 5 * MS_MINUTE);
    assert_string_equal(c->heartbeat_url, "https://hb.example/x");
    assert_string_equal(c->state_dir, "/var/lib/x");
    assert_string_equal(c->socket_path, path_of("run/x.sock"));
    assert_false(c->dry_run);
    config_free(c);
}

static void
test_warnings(void **state)
{
    static const struct {
        const char *text, *msg;
    } rows[] = {
        { "brands: {acme: {}}\n", "reaches nobody" },
        { "brands: {acme: {}}\nnotify: terminal\n", "sits at this machine" },
        { "brands: {acme: {}}\nsources: none\n", "no source to listen to" },
        { "brands: {acme: {}}\nsecrets: {x: {file: good.secret}}\n",
          "secret x is used by nothing" },
        { "brands: {acme: {}}\nstaff: {ana: {}}\n", "staff ana has no `notify`" },
        { "brands: {acme: {}}\nsources: {h: {plugin: hackernews, every: 5s, options: {query: "
          "x}}}\n",
          "it will look every 1m" },
        { "brands: {acme: {}}\nescalation: {crusade: [{notify: '*'}]}\n", "irate posts" },
        { "brands: {acme: {}}\nsources: {h: {plugin: exec, options: {command: /no/such}}}\n",
          "cannot be run" },
    };

    (void)state;
    for (size_t i = 0; i < N_ROWS(rows); i++) {
        struct findings *f = findings_new();
        struct config *c = NULL;
        bool is_there = false;
        assert_int_equal(load(&c, str_z(rows[i].text), f, true), 0);
        for (size_t k = 0; k < findings_count(f, false); k++)
            is_there = is_there || strstr(findings_at(f, k)->msg, rows[i].msg);
        if (!is_there)
            fail_msg("row %zu: no warning %s", i, rows[i].msg);
        config_free(c);
        findings_free(f);
    }
}

static void
test_auto(void **state)
{
    struct config *c = good("brands: {acme traps: {}, rival: {competitor: true}}\n");
    const struct source_conf *s = config_source(c, "acme-traps-news");

    (void)state;
    assert_int_equal(c->n_sources, 4); /* no mastodon plugin; none for the competitor */
    assert_non_null(s);
    assert_true(s->is_auto);
    assert_string_equal(s->options.v[0].values.v[0],
                        "https://news.google.com/rss/search?q=%22acme%20traps%22");
    assert_string_equal(s->who.hosts.v[0], "news.google.com");
    assert_string_equal(s->who.subject, "source=acme-traps-news");
    config_free(c);
    c = good("brands: {acme: {}}\nsources: {auto: true, x: {plugin: hackernews, paused: true, "
             "budget: 5, options: {query: y}}}\n");
    assert_int_equal(c->n_sources, 5);
    assert_true(config_source(c, "x")->is_paused);
    assert_int_equal(config_source(c, "x")->budget_day, 5);
    config_free(c);
    c = good("brands: {acme: {}, rival: {competitor: true, auto: true}}\n");
    assert_int_equal(c->n_sources, 8);
    config_free(c);
}

static void
test_policies(void **state)
{
    struct config *c = good("brands: {acme: {}}\nnotify: mailto:a@b.example\n");
    const struct policy_conf *p = config_policy(c, LEVEL_IRATE);

    (void)state;
    assert_non_null(p);
    assert_string_equal(p->steps[0].notify.v[0], "*");
    assert_int_equal(p->steps[0].repeat_ms, 15 * MS_MINUTE);
    assert_non_null(config_policy(c, LEVEL_CRUSADE));
    assert_null(config_policy(c, LEVEL_UPSET));
    assert_true(config_reaches_anybody(c, "acme"));
    config_free(c);
    c = good("brands: {acme: {}}\nstaff: {ana: terminal, ben: ntfy:b}\nteams: {both: [ana, ben]}\n"
             "escalation: {irate: [{notify: ana}, {notify: [both], repeat: 30m}]}\n");
    assert_ptr_equal(config_policy(c, LEVEL_CRUSADE), config_policy(c, LEVEL_IRATE));
    assert_int_equal(config_policy(c, LEVEL_IRATE)->steps[0].wait_ms, 10 * MS_MINUTE);
    assert_true(config_reaches_anybody(c, "acme"));
    config_free(c);
    c = good("brands: {acme: {}}\nstaff: {ana: terminal}\nescalation: {irate: [{notify: ana}]}\n");
    assert_false(config_reaches_anybody(c, "acme"));
    config_free(c);
}

static void
test_forms(void **state)
{
    struct config *c = good("brands: {acme: {}}\nsecrets: {telegram: {file: good.secret}, "
                            "smtp: {file: good.secret}}\nnotify: [mailto:a@b.example, ntfy:x, "
                            "ntfy://push.example/y, https://hook.example/z, telegram:42, "
                            "terminal, mailto:a@b.example]\n");
    const struct notifier_conf *n;

    (void)state;
    assert_int_equal(c->n_notifiers, 6);
    assert_int_equal(c->notify.n, 7);
    n = config_notifier(c, "a@b.example");
    assert_non_null(n);
    assert_int_equal(n->who.n_secrets, 1);
    assert_string_equal(n->who.secrets[0].option, "password");
    assert_string_equal(n->who.secrets[0].value, "s3cret");
    assert_ptr_equal(n->who.options, &n->options);
    assert_string_equal(config_notifier(c, "ntfy-y")->who.hosts.v[0], "push.example");
    assert_string_equal(config_notifier(c, "ntfy-x")->who.hosts.v[0], "ntfy.sh");
    assert_string_equal(config_notifier(c, "telegram-42")->who.hosts.v[0], "api.telegram.org");
    assert_non_null(config_notifier(c, "webhook-hook.example"));
    assert_true(config_notifier(c, "terminal")->reaches_only_here);
    config_free(c);
}

static void
test_grants(void **state)
{
    struct config *c = good("brands: {acme: {}}\nsecrets: {t: {file: good.secret}}\n"
                            "sources:\n  a: {plugin: rss, hosts: ['*.Example.org', -h.example], "
                            "options: {url: 'https://H.example/f', token: t}}\n"
                            "  b: {plugin: exec, secret_env: key, options: {key: t, "
                            "command: [/bin/echo, a b], file: data.txt}}\n");
    const struct source_conf *a = config_source(c, "a"), *b = config_source(c, "b");

    (void)state;
    assert_int_equal(a->who.hosts.n, 1);
    assert_string_equal(a->who.hosts.v[0], "*.example.org");
    assert_string_equal(a->who.secrets[0].value, "s3cret");
    assert_string_equal(b->who.secret_env.v[0], "key");
    assert_string_equal(b->options.v[1].values.v[1], "a b");
    assert_string_equal(b->options.v[2].values.v[0], path_of("data.txt"));
    config_free(c);
}

static void
test_includes(void **state)
{
    struct config *c;

    (void)state;
    assert_int_equal(mkdir(path_of("rules.d"), 0755), 0);
    put_file("rules.d/a.yaml", STR_LIT("- {id: from-dir, query: x}\n"), 0644);
    c = good("brands: {acme: {}}\ninclude: ['par*.yaml', none*.yaml]\n"
             "rules: [{id: own, query: y, about: other}]\n");
    assert_int_equal(c->rules.n_brands, 2);
    remove(path_of("rules.d/a.yaml"));
    assert_string_equal(c->rules.rules[c->rules.n_rules - 1].id, "from-dir");
    config_free(c);
}

static void
test_rules(void **state)
{
    struct config *c =
        good("brands: {acme: {}}\nrules:\n"
             "  - {id: r, about: acme, regex: '/\\bAC-\\d{6}\\b/i', irate: +15, complaint: -2.5,\n"
             "     tags: [a, b], langs: en, segment: customer, alert: {threshold: 5}, from: "
             "2026-01-01}\n"
             "  - id: s\n    query: |\n      hello\n");
    const struct rule_def *r = &c->rules.rules[c->rules.n_rules - 2];

    (void)state;
    assert_string_equal(r->id, "r");
    assert_string_equal(r->regex, "/\\bAC-\\d{6}\\b/i");
    assert_true(r->irate > 14.9 && r->irate < 15.1);
    assert_true(r->complaint < -2.4);
    assert_int_equal(r->tags.n, 2);
    assert_int_equal(r->alert_window_ms, 10 * MS_MINUTE);
    assert_int_equal(r->pattern_at.line, 3);
    assert_int_equal(r->pattern_at.column, 34);
    assert_int_equal(r[1].pattern_at.line, 7);
    assert_int_equal(r[1].pattern_at.column, 7);
    config_free(c);
}

static void
test_rotation(void **state)
{
    struct config *c = good("brands: {acme: {}}\nstaff: {ana: {notify: terminal, quiet: "
                            "22:00-07:30}}\nrotations:\n"
                            "  w: {staff: ana, start: 2026-01-05T09:00, timezone: UTC}\n"
                            "  z: {staff: ana, start: 2026-01-05T09:00:00+01:00}\n");

    (void)state;
    assert_int_equal(c->staff[0].quiet.from_min, 22 * 60);
    assert_int_equal(c->staff[0].quiet.to_min, 7 * 60 + 30);
    assert_int_equal(c->rotations[0].start_ms, INT64_C(1767603600000));
    assert_int_equal(c->rotations[0].every_ms, 7 * MS_DAY);
    assert_int_equal(c->rotations[1].start_ms, INT64_C(1767600000000));
    config_free(c);
}
