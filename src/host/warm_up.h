/* warm_up - makes libraries open now what the second lock would keep from them. */
#ifndef TOCSIN_HOST_WARM_UP_H
#define TOCSIN_HOST_WARM_UP_H

void warm_up(void);

#endif
