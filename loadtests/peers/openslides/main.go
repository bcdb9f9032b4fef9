// The vote service of OpenSlides as its own main starts it, but for who asks and what it knows of the meeting: both are
// given here, so that no login, no backend and no second database cost it anything. Nothing of its code is copied.
//
//	vote -port 9013 -voters 500 -polls 300 -redis 127.0.0.1:6379
//	vote -port 9013 -voters 500 -polls 300 -postgres "host=/run/x user=postgres dbname=plenary"
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	nethttp "net/http"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/OpenSlides/openslides-go/datastore/dskey"
	"github.com/OpenSlides/openslides-go/datastore/dsmock"
	"github.com/OpenSlides/openslides-go/environment"
	"github.com/OpenSlides/openslides-vote-service/backend/memory"
	"github.com/OpenSlides/openslides-vote-service/backend/postgres"
	"github.com/OpenSlides/openslides-vote-service/backend/redis"
	"github.com/OpenSlides/openslides-vote-service/vote"
	"github.com/OpenSlides/openslides-vote-service/vote/http"
)

type user struct{}

// Who asks says so: "Authorization: Bearer 17" is user 17.
type told struct{}

func (told) Authenticate(_ nethttp.ResponseWriter, r *nethttp.Request) (context.Context, error) {
	id, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		return nil, err
	}
	return context.WithValue(r.Context(), user{}, id), nil
}

func (told) FromContext(ctx context.Context) int {
	id, _ := ctx.Value(user{}).(int)
	return id
}

type lookup map[string]string

func (l lookup) Getenv(key string) string { return l[key] }

func (lookup) UseVariable(environment.Variable) {}

// One meeting, so many polls of one option each, so many voters, all present and entitled.
func known(voters, polls int, kind string) map[dskey.Key][]byte {
	lines := []string{"meeting/1/id: 1", "group/1/meeting_user_ids: [" + counted(voters) + "]"}
	for id := 1; id <= voters; id++ {
		lines = append(lines,
			fmt.Sprintf("user/%d/is_present_in_meeting_ids: [1]", id),
			fmt.Sprintf("user/%d/meeting_user_ids: [%d]", id, id),
			fmt.Sprintf("meeting_user/%d/user_id: %d", id, id),
			fmt.Sprintf("meeting_user/%d/meeting_id: 1", id),
			fmt.Sprintf("meeting_user/%d/group_ids: [1]", id))
	}
	for id := 1; id <= polls; id++ {
		poll := fmt.Sprintf("poll/%d/", id)
		for name, value := range map[string]string{
			"meeting_id": "1", "type": "named", "state": "started", "backend": kind, "pollmethod": "YNA",
			"content_object_id": "motion/1", "sequential_number": strconv.Itoa(id), "onehundred_percent_base": "YNA",
			"title": "p", "option_ids": fmt.Sprintf("[%d]", id), "entitled_group_ids": "[1]",
		} {
			lines = append(lines, poll+name+": "+value)
		}
		lines = append(lines, fmt.Sprintf("option/%d/meeting_id: 1", id))
	}
	return dsmock.YAMLData(strings.Join(lines, "\n"))
}

func counted(last int) string {
	ids := make([]string, last)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	return strings.Join(ids, ",")
}

func main() {
	port := flag.String("port", "9013", "")
	voters := flag.Int("voters", 500, "")
	polls := flag.Int("polls", 1, "")
	redisAt := flag.String("redis", "", "")
	postgresAt := flag.String("postgres", "", "")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	var fast, long vote.Backend = memory.New(), memory.New()
	kind := "fast"
	switch {
	case *redisAt != "":
		r := redis.New(*redisAt)
		r.Wait(ctx)
		fast = r
	case *postgresAt != "":
		kind = "long"
		p, err := postgres.New(ctx, *postgresAt)
		if err != nil {
			log.Fatal(err)
		}
		p.Wait(ctx)
		if err := p.Migrate(ctx); err != nil {
			log.Fatal(err)
		}
		long = p
	}
	service, background, err := vote.New(ctx, fast, long, dsmock.NewFlow(known(*voters, *polls, kind)), false)
	if err != nil {
		log.Fatal(err)
	}
	go background(ctx, func(err error) { log.Print(err) })
	server := http.New(lookup{"VOTE_PORT": *port})
	if err := server.Run(ctx, told{}, service); err != nil {
		log.Fatal(err)
	}
}
