/* sqlite_posts - what the files about posts share. */
#ifndef TOCSIN_STORE_SQLITE_POSTS_H
#define TOCSIN_STORE_SQLITE_POSTS_H

#include "store/sqlite_db.h"

/* The first id whose first_seen is not before ms; above every id when there is none. */
int post_first_since(struct store *s, int64_t ms, int64_t *id, struct err *err);
/* Takes the words of a post out of the full text, as they are stored now. */
int post_unindex(struct store *s, int64_t id, struct err *err);
int post_drop_bands(struct store *s, int64_t id, struct err *err);
/* A post that already has a row joins the story. */
int story_join(struct store *s, int64_t story, int64_t post, struct err *err);
/* Where something was said, as places are told apart. */
void place_name(char *out, size_t size, struct tocsin_str place, struct tocsin_str thread);

/* The columns post_read() reads, of post p, seen v, account ac. */
#define POST_COLUMNS                                                                              \
    "p.id,p.story,p.account,ac.person,v.first_seen_ms,v.gone_ms,p.revision,p.is_ours,p.is_copy,"  \
    "p.is_drill,v.source,v.service,v.native,p.uri,p.url,p.parent,p.thread,p.place,p.lang,p.kind," \
    "p.published_ms,p.edited_ms,p.replies,p.reposts,p.likes,p.rating,p.tags,p.links,p.title,"     \
    "p.text,p.canonical_url,p.site,p.lang_is_guess,v.fingerprint,"                                \
    "ac.handle,ac.name,ac.url,ac.avatar,ac.profile_link,ac.followers,ac.created_ms,"              \
    "ac.is_verified,ac.is_bot"
#define POST_TABLES "post p CROSS JOIN seen v ON v.id=p.id LEFT JOIN account ac ON ac.id=p.account"
/* 0, or -1 with the query failed. */
int post_read(struct query *q, struct arena *a, struct stored_post *out);

#endif
