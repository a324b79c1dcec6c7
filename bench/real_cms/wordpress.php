<?php
// php wordpress.php ROOT HOST install|edit < JSON. `install` sets the site up; `edit` carries out editorial operations.
// Prints JSON: the address of every post by its composed number, and the addresses of every category by its slug.
[, $root, $host, $command] = $argv;
$_SERVER = array_merge($_SERVER, ['HTTP_HOST' => $host, 'HTTPS' => 'on', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1']);
$given = json_decode(stream_get_contents(STDIN), true);
if ($command === 'install') {
    define('WP_INSTALLING', true);
}
require "$root/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if ($command === 'install') {
    wp_install($given['title'], 'quantri', 'quantri@mau.vn.replica.test', true, '', 'Mat-Khau-2025', $given['locale']);
    wp_update_user(['ID' => 1, 'display_name' => $given['admin'], 'nickname' => $given['admin']]);
    foreach (['WPLANG' => $given['locale'], 'permalink_structure' => $given['permalink'], 'timezone_string' => 'Asia/Ho_Chi_Minh',
        'posts_per_page' => $given['per_page'], 'posts_per_rss' => $given['per_page'], 'date_format' => $given['date_format'],
        'time_format' => 'H:i', 'blogdescription' => '', 'comment_moderation' => 0, 'show_avatars' => 0] as $name => $value) {
        update_option($name, $value);
    }
    switch_theme($given['theme']);
    wp_delete_post(1, true);  // the sample that every installation brings
    exit('{}');
}

$wp_rewrite->init();
flush_rewrite_rules(false);
kses_remove_filters();

function post_of(int $number): int {
    $found = get_posts(['meta_key' => 'number', 'meta_value' => $number, 'post_status' => 'any', 'numberposts' => 1, 'fields' => 'ids']);
    return $found ? $found[0] : 0;
}

function author_of(?string $name): int {
    if ($name === null) {
        return 1;
    }
    $login = 'bien-tap-' . substr(md5($name), 0, 8);
    $user = get_user_by('login', $login);
    return $user ? $user->ID : wp_insert_user(['user_login' => $login, 'user_pass' => $login, 'display_name' => $name, 'nickname' => $name, 'user_email' => "$login@mau.vn.replica.test", 'role' => 'author']);
}

function save(array $one): void {
    $post = wp_slash([
        'post_title' => $one['title'], 'post_name' => $one['slug'], 'post_content' => $one['body'], 'post_status' => $one['status'],
        'post_password' => $one['password'], 'post_author' => author_of($one['author']), 'tags_input' => $one['tags'],
        'post_category' => array_map(fn($slug) => get_category_by_slug($slug)->term_id, $one['categories']),
        'post_date' => $one['date'], 'post_date_gmt' => get_gmt_from_date($one['date']),
    ]);
    $id = post_of($one['number']);
    if ($id) {
        wp_update_post($post + ['ID' => $id]);
        return;
    }
    $id = wp_insert_post($post + ['meta_input' => ['number' => $one['number']]], true);
    if (is_wp_error($id)) {
        fwrite(STDERR, $id->get_error_message());
        exit(1);
    }
    if ($one['featured']) {
        $file = ABSPATH . "wp-content/uploads/{$one['featured']}";
        $picture = wp_insert_attachment(['post_mime_type' => 'image/png', 'post_title' => $one['featured'], 'post_excerpt' => $one['featured_caption'], 'post_status' => 'inherit'], $file, $id);
        wp_update_attachment_metadata($picture, ['width' => 480, 'height' => 320, 'file' => $one['featured'], 'sizes' => []]);
        set_post_thumbnail($id, $picture);
    }
}

function make_menu(array $categories): void {
    $menu = wp_create_nav_menu('Menu');
    $links = '';
    foreach ($categories as [$slug, $title]) {
        $id = wp_insert_term($title, 'category', ['slug' => $slug])['term_id'];
        wp_update_nav_menu_item($menu, 0, ['menu-item-title' => $title, 'menu-item-object' => 'category', 'menu-item-object-id' => $id, 'menu-item-type' => 'taxonomy', 'menu-item-status' => 'publish']);
        $link = ['label' => $title, 'type' => 'category', 'id' => $id, 'url' => get_category_link($id), 'kind' => 'taxonomy'];
        $links .= '<!-- wp:navigation-link ' . wp_json_encode($link, JSON_UNESCAPED_UNICODE) . ' /-->';
    }
    // A block theme's menu is a post, a classic one's a term.
    wp_insert_post(['post_type' => 'wp_navigation', 'post_status' => 'publish', 'post_title' => 'Menu', 'post_content' => wp_slash($links)]);
    set_theme_mod('nav_menu_locations', ['primary' => $menu]);
}

foreach ($given as $one) {
    match ($one['do']) {
        'menu' => make_menu($one['categories']),
        'save' => save($one),
        'delete' => wp_trash_post(post_of($one['number'])),
        'comment' => wp_insert_comment(['comment_post_ID' => post_of($one['number']), 'comment_author' => 'Bạn đọc', 'comment_content' => $one['text'], 'comment_approved' => 1]),
    };
}
$posts = [];
foreach (get_posts(['numberposts' => -1, 'post_status' => 'publish']) as $post) {
    $posts[get_post_meta($post->ID, 'number', true)] = get_permalink($post);
}
$categories = [];
foreach (get_categories(['hide_empty' => false]) as $category) {
    $categories[$category->slug] = [get_category_link($category), home_url("/?cat={$category->term_id}")];
}
echo json_encode(['articles' => $posts, 'categories' => $categories]);
