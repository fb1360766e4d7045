package emulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// releases shows drafts to those who may push.
func (v settingsView) releases(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	for _, release := range v.Releases {
		if !release.Draft || v.may(r, "contents", "write") {
			list = append(list, v.releaseJSON(release))
		}
	}
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

// latestRelease is the newest that is neither a draft nor a prerelease.
func (v settingsView) latestRelease(w http.ResponseWriter, _ *http.Request) {
	i := slices.IndexFunc(v.Releases, func(release Release) bool { return !release.Draft && !release.Prerelease })
	if i < 0 {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, v.releaseJSON(v.Releases[i]))
}

func (v settingsView) releaseJSON(release Release) object {
	at := fmt.Sprintf("%s/releases/%d", v.api, release.ID)
	tag := pathEscape(release.TagName)
	assets := []object{}
	for _, asset := range release.Assets {
		assets = append(assets, v.assetJSON(release, asset))
	}
	o := object{
		"id": release.ID, "node_id": nodeID("RE", release.ID), "url": at, "html_url": v.html + "/releases/tag/" + tag,
		"assets_url": at + "/assets", "upload_url": at + "/assets{?name,label}",
		"tarball_url": v.api + "/tarball/" + tag, "zipball_url": v.api + "/zipball/" + tag,
		"tag_name": release.TagName, "target_commitish": v.branchOf(release.Target), "name": orNull(cmp.Or(release.Name, release.TagName)),
		"body": release.Body, "draft": release.Draft, "prerelease": release.Prerelease, "immutable": release.Immutable,
		"author": v.person(release.Author), "assets": assets, "created_at": v.since(release.CreatedAt), "updated_at": v.since(release.CreatedAt),
		"published_at": v.since(release.CreatedAt),
	}
	if release.Draft {
		o["published_at"] = nil
	}
	return o
}

func (v settingsView) assetJSON(release Release, asset ReleaseAsset) object {
	return object{
		"id": asset.ID, "node_id": nodeID("RA", asset.ID), "url": fmt.Sprintf("%s/releases/assets/%d", v.api, asset.ID),
		"browser_download_url": v.html + "/releases/download/" + pathEscape(release.TagName) + "/" + pathEscape(asset.Name),
		"name":                 asset.Name, "label": nil, "state": "uploaded", "size": asset.Size, "digest": orNull(asset.Digest),
		"content_type": cmp.Or(asset.ContentType, "application/octet-stream"), "download_count": 0,
		"created_at": v.since(release.CreatedAt), "updated_at": v.since(release.CreatedAt), "uploader": v.person(release.Author),
	}
}

// tags are those of the git repository, by name, last first.
func (v settingsView) tags(w http.ResponseWriter, r *http.Request) {
	list := []object{}
	if v.git != nil {
		refs, err := v.git.refs(r.Context())
		if err != nil {
			writeError(w, http.StatusInternalServerError, err.Error())
			return
		}
		for ref := range refs {
			if name, ok := strings.CutPrefix(ref, "refs/tags/"); ok {
				sha, err := v.git.commitID("tags/"+name, "")
				if err != nil {
					continue // a tag of something else than a commit
				}
				list = append(list, v.tagJSON(name, sha))
			}
		}
	}
	slices.SortFunc(list, func(a, b object) int { return strings.Compare(b["name"].(string), a["name"].(string)) })
	writeJSON(w, http.StatusOK, pageOf(w, r, v.s.URL(), list))
}

func (v settingsView) tagJSON(name, sha string) object {
	return object{
		"name": name, "node_id": "REF_" + sha, "commit": object{"sha": sha, "url": v.api + "/commits/" + sha},
		"zipball_url": v.api + "/zipball/refs/tags/" + escapePath(name), "tarball_url": v.api + "/tarball/refs/tags/" + escapePath(name),
	}
}
